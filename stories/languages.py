"""The eight languages that stories are collected in: ISO 639-1, and how it is called in English."""

LANGUAGES = {
    "da": "Danish",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "nl": "Dutch",
    "no": "Norwegian",  # both written forms
    "sv": "Swedish",
}
