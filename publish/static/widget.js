/* Stories of kind service on your page, in place of nothing but this script (docs/embedding.md).

   It fetches a feed, and writes a list after itself, in a shadow root: your style does not change the list, and ours
   nothing of yours. Words come in as text alone. It sets no cookies and keeps nothing; where anything fails there is a
   link instead. */
(() => {
  const script = document.currentScript;
  const asked = { ...script.dataset };
  const site = script.src.replace(/\/widget\.js.*$/, "");
  const count = Math.min(Math.max(parseInt(asked.count, 10) || 3, 1), 20);
  const names = ["language", "sector", "channel", "teller", "company", "source", "words"].filter((name) => asked[name]);
  const query = new URLSearchParams(names.map((name) => [name, asked[name]]));
  const spoken = names.length === 1 && names[0] === "language" && /^[a-z]{2}$/.test(asked.language);
  const feed = spoken ? `${site}/feed.${asked.language}.json` : `${site}/feed.json${names.length ? `?${query}` : ""}`;

  const made = (name, text, more = {}) => Object.assign(document.createElement(name), { textContent: text }, more);
  const link = (text, href) => made("a", text, /^https?:/i.test(href) ? { href, rel: "noopener" } : {});

  /* a site of files answers with all its stories, whatever is asked */
  const meets = (item) => {
    const own = item._goodturn || {};
    const has = { ...own, language: item.language };
    return ["language", "sector", "channel", "teller"].every((name) => !asked[name] || has[name] === asked[name])
      && (!asked.company || (own.companies || []).some((one) => one.toLowerCase().includes(asked.company.toLowerCase())));
  };

  const entry = (item) => {
    const row = made("li", "");
    const title = link(item.title, item.url);
    title.dir = "auto";
    if (item.language) title.lang = item.language;
    const author = ((item.authors || [])[0] || {}).name || "";
    row.append(title, made("small", author && `told by ${author}`, { lang: "en", dir: "auto" }));
    return row;
  };

  const put = (...parts) => {
    const host = document.createElement("div");
    const root = host.attachShadow({ mode: "open" });
    try {
      const sheet = new CSSStyleSheet(); // one that no content-security-policy of the page refuses
      sheet.replaceSync(`:host { display: block; } ul { list-style: none; margin: 0; padding: 0; }
        li { margin: 0 0 .75em; overflow-wrap: anywhere; } small { display: block; }
        a { color: inherit; text-underline-offset: .2em; } p { margin: 0; }`);
      root.adoptedStyleSheets = [sheet];
    } catch { /* without a style, then */ }
    root.append(...parts);
    script.after(host);
  };

  const foot = () => {
    const line = made("p", "");
    line.lang = "en";
    line.append(link("Stories of kind service: Goodturn", `${site}/`));
    return line;
  };

  const signal = AbortSignal.timeout?.(10_000); // milliseconds: who reads the page has gone on by then
  fetch(feed, { credentials: "omit", referrerPolicy: "no-referrer", signal })
    .then((answer) => (answer.ok ? answer.json() : Promise.reject()))
    .then(({ items }) => {
      const list = made("ul", "");
      const newest = items.filter(meets).sort((one, other) => other.date_published.localeCompare(one.date_published));
      list.append(...newest.slice(0, count).map(entry));
      return [list, foot()];
    })
    .catch(() => [foot()])
    .then((parts) => put(...parts));
})();
