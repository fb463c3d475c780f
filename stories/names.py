"""The names in a text: runs of capitalised words, and the first names that people have. Pure."""

import re
from collections.abc import Iterator

from stories.brands import brand_places, brands_in

Place = tuple[int, int]

CAPITAL = "A-ZÀ-ÖØ-ÞŠŽŒ"
_WORD = rf"(?:[{CAPITAL}0-9]?[a-zà-öø-ÿ]{{0,2}}'?[{CAPITAL}]\w*(?:['.\-&+]\w+)*|\b\d+[{CAPITAL}]\w*)"
_OPEN = r"and|und|et|y|e|en|og|och|i|in|på|til|te|à|for|op|im|au|the|le|les|la|las|los|el|den|het|an|aan|pour|ved"
_TIGHT = r"&|\+|of|de|de la|de las|de los|del|du|des|von|van|van de|van der|vom|zum|zur|am|der|'t|aux|sur|om"
_NAME = re.compile(rf"(?<![\w@])@?{_WORD}(?:(?: | (?:{_TIGHT}|{_OPEN}) | [dl]'){_WORD}){{0,3}}")
_GERMAN = re.compile(  # where all nouns have capitals
    rf"(?<![\w@])@?{_WORD}(?:(?: | (?:&|of|the|am|von|de|la)"
    rf" | und (?=Söhne|Sohn|Töchter|Tochter|Partner)){_WORD}){{0,3}}"
)
_HALVES = re.compile(rf" (?:{_OPEN}) |(?<='s) ")
_SMALL_WORDS = """
a an at in on by from with to of and but so when then that this it he she we i you they my our his her their if as or
not no yes for after before once one two there here what who how why where dear hi hello last next der die das dem den
des ein eine einer einem einen und aber als wenn dann bei beim von vom zu zum zur im am auf mit nach aus für ich wir
sie er es mein meine meinem unser unsere ihr ihre seine sein da nur auch noch weil dass ob wer was wie wo hier dort
lieber liebe liebes le la les un une du de et mais ou où quand alors chez à au aux en dans sur pour par avec je nous
vous il elle ils elles mon ma mes notre nos son sa ses leur ce cette ces c' l' d' j' qui que si puis après avant cher
chère het een maar toen dan bij van naar op met aan voor uit ik wij hij zij ze jij u mijn onze ons zijn haar hun dit
dat daar wat hoe waarom beste om te tot el los las unos unas y e o pero cuando entonces del al con por para sin yo
nosotros tú usted él ella mi mis nuestra nuestro su sus este esta eso sí querido querida hola tras desde det men eller
når hos fra på til med af ved jeg vi han min mine vores hans hendes deres dette denne som hvis kære ja nej efter før
eit ei frå eg ho vår etter ett när från vid jag hon monday tuesday wednesday thursday friday saturday sunday january
february march april may june july august september october november december christmas easter montag dienstag
mittwoch donnerstag freitag samstag sonntag januar februar märz mai juni juli oktober dezember facebook twitter
instagram whatsapp internet tv ok god gott dieu dios noël navidad weihnachten europe europa england scotland wales
ireland london paris berlin america usa uk us english french german american british deutschland österreich schweiz
france españa nederland belgië danmark norge noreg sverige
"""
_SMALL = frozenset(_SMALL_WORDS.split())  # that a sentence begins with, and no name
_ENDS = frozenset(("I", "I'm", "I'd", "I've", "I'll"))
_GIVEN_NAMES = """
Aaron Adam Agnes Ahmed Alan Albert Alejandro Alex Alexander Alfred Ali Alice Alicia Alma Amelia Amina Amy Ana Anders
Andrea Andreas Andrew Andrés Angela Anja Anna Anne Anneke Annika Antoine Antonio Arne Arthur Astrid Aurora Barbara
Beatriz Ben Bengt Benjamin Bent Bernard Bernd Bert Birgit Birgitte Birgitta Bjarne Bjørn Björn Bob Brian Brigitte
Bruno Camille Carl Carla Carlos Carmen Carol Caroline Cathy Catherine Cecilie Charles Charlotte Chloé Chris Christian
Christine Claire Clara Claude Claudia Colin Connor Cristina Dan Daniel David Deborah Denis Dennis Derek Diana Diane
Dirk Dora Doris Dorothy Edith Eduardo Eileen Einar Elena Eleanor Elias Elin Elisabeth Elizabeth Ella Ellen Elsa Emil
Emily Emma Emre Eric Erik Erna Ernst Esther Eva Fatima Fatou Felix Fernando Finn Florence Frances Francisco Frank Fred
Freja Frida Frieda Gareth Gary George Georges Gerard Gerd Gerda Gérard Gisela Grace Greg Greta Guillaume Gunnar Gunnel
Gustav Hanna Hannah Hanne Hans Harald Harold Harry Heinz Helen Helena Helga Helle Hélène Henk Henri Henrik Henry Hilda
Hilde Holger Howard Hugo Ian Ida Ines Inés Inga Inger Ingrid Irene Iris Isabel Isabelle Ivar Jack Jacob Jacques Jake
James Jamie Jan Jane Janet Jan-Erik Javier Jean Jean-Pierre Jenny Jens Jeroen Jesús Jim Joan Joanna Joe Johan Johanna
John Johnny Jonas Joost Jorge Joris José Josefina Josephine Joyce Juan Judith Julia Julie Jürgen Kai Kaja Karen Kari
Karim Karin Karl Karoline Katarina Kate Katrin Kayla Keith Kelly Kenneth Kerstin Kevin Kim Kirsten Kjell Klaas Klaus
Knut Lars Laura Laurent Lea Leif Lena Leo Leon Leonie Lieve Lina Linda Line Lisa Liv Lotte Louis Louise Lucas Lucía
Lucie Luis Luisa Lukas Luke Maja Malin Manuel Marc Marcel Marco Margaret Margit María Maria Marianne Marie Marieke
Marina Mario Marion Marit Mark Markus Marta Martha Martin Martina Mary Mateo Mathieu Mats Matthew Matthias Maureen Max
Maya Megan Mehmet Mette Michael Michel Michelle Mia Miguel Mike Mikkel Mohamed Mohammed Moira Monika Monique Nadia
Nancy Natalie Nathalie Nicole Nils Nina Nora Norma Odette Ola Olaf Olav Ole Oliver Olivia Omar Oscar Oskar Otto Pablo
Paco Pamela Patricia Patrick Paul Paula Peder Pedro Peggy Per Pernille Peter Petra Phil Philip Philippe Pia Pierre
Pieter Pilar Priya Rachel Ralf Ramón Raquel Raymond Rebecca Renate Rita Robert Roberto Roger Rolf Rosa Rose Rosemary
Ruby Rune Ruth Sabine Sally Sam Samir Samuel Sandra Sara Sarah Sebastian Sharon Sigrid Silke Silvia Simon Sofia Sofie
Solveig Sonja Sophie Stefan Steffen Stella Stéphane Stephen Steve Steven Stig Stine Sue Susan Susanne Svein Sven
Sylvie Tanja Teresa Terje Terry Theo Théo Therese Thomas Tim Tina Tom Tommy Tone Tony Tore Torsten Trine Trond Trudy
Truus Ulla Ulrich Ulrike Ursula Vera Verena Vincent Virginia Walter Wendy Werner Wilhelm Wilma William Wim Winifred
Wolfgang Yann Yasmin Yusuf Yvonne Zeynep Zoë Åge Åsa
"""
GIVEN = frozenset(_GIVEN_NAMES.split())  # which a company seldom has alone


def names(text: str, language: str) -> set[Place]:
    """The places of all runs that may be names, and of well-known companies; apostrophes are straight."""
    found = {(start, start + len(name)) for name, start in zip(brands_in(text), brand_places(text), strict=True)}
    for match in (_GERMAN if language == "de" else _NAME).finditer(text):
        start, end = _bare(text, *match.span())
        for first, last in _halves(text[start:end], language):
            name = text[start + first : start + last].rstrip(".'-&+")
            idle = name.isdigit() or name.lower() in _SMALL or name.split()[-1] in _ENDS
            if len(name) > 1 and not idle:
                found.add((start + first, start + first + len(name)))
    return found


def _bare(text: str, start: int, end: int) -> Place:
    """A name without the small words at its beginning."""
    while (first := re.match(r"([\w']+) ", text[start:end])) and first[1].lower() in _SMALL:
        start += first.end()
    elided = re.match(rf"(?:[dl]|[DLSC])'(?=[{CAPITAL}])", text[start:end])
    return (start + elided.end() if elided else start), end


def _halves(name: str, language: str) -> Iterator[Place]:
    yield 0, len(name)
    for join in _HALVES.finditer(name):
        yield 0, join.start()
        yield join.end(), len(name)
    if language == "de":  # *Nummer von Eilbote Süd*
        words = [word.span() for word in re.finditer(r"\S+", name)]
        for number, (start, _) in enumerate(words):
            if name[start].isupper():
                yield from ((start, end) for _, end in words[number:] if end - start < len(name))
