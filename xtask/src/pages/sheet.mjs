// Contact sheets of the refusal pages.
//
//     node sheet.mjs URL FOLDER LIST
//
// URL serves the pages at /BRAND/LANGUAGE/CODE; LIST names all three, as JSON.

import { join } from "node:path";

import { launch } from "../../../tests/browser/browser.mjs";

const [url, folder, list] = process.argv.slice(2);
const { brands, languages, codes } = JSON.parse(list);
const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 360, height: 700 };

const browser = await launch();
const page = await browser.newPage();

/** A page as a picture. */
async function shot({ brand = "default", language = "en", code }, viewport, colorScheme = "light") {
  await page.emulateMedia({ colorScheme });
  await page.setViewportSize(viewport);
  await page.goto(`${url}/${brand}/${language}/${code}`);
  const image = await page.screenshot({ type: "jpeg", quality: 85 });
  return { viewport, image: image.toString("base64") };
}

/** The four pictures of a page: light and dark, wide and narrow. */
async function fourShots(which) {
  const shots = [];
  for (const scheme of ["light", "dark"]) {
    for (const viewport of [WIDE, NARROW]) shots.push(await shot(which, viewport, scheme));
  }
  return shots;
}

/** Writes rows of pictures, each with a caption, as one picture. */
async function write(name, rows, height) {
  const html = rows.map(([caption, shots]) => {
    const images = shots.map(({ image, viewport }) => {
      const width = Math.round((height * viewport.width) / viewport.height);
      return `<img width=${width} height=${height} src="data:image/jpeg;base64,${image}">`;
    });
    return `<h2>${caption}</h2><div>${images.join("")}</div>`;
  });
  const sheet = await browser.newPage({ viewport: { width: 1800, height: 900 } });
  await sheet.setContent(
    "<style>body{margin:24px;font:16px system-ui;background:#888;width:max-content}" +
      `h2{font:inherit;margin:12px 0 4px}div{display:flex;gap:8px}</style>${html.join("")}`,
  );
  const { width, height: whole } = await sheet.evaluate(() => {
    const { scrollWidth, scrollHeight } = document.documentElement;
    return { width: scrollWidth, height: scrollHeight };
  });
  await sheet.setViewportSize({ width, height: whole });
  await sheet.screenshot({ path: join(folder, `${name}.png`) });
  await sheet.close();
}

const pages = [];
for (const code of codes) pages.push([code, await fourShots({ code })]);
await write("pages", pages, 420);

const translations = [];
for (const language of languages) {
  const shots = [];
  for (const code of codes) shots.push(await shot({ language, code }, WIDE));
  translations.push([language, shots]);
}
await write("languages", translations, 240);

const branded = [];
for (const brand of brands) {
  branded.push([brand, await fourShots({ brand, code: "credentials_missing" })]);
}
for (const language of ["ar", "ja"]) {
  branded.push([language, await fourShots({ language, code: "scope_insufficient" })]);
}
await write("brands", branded, 420);

await browser.close();
