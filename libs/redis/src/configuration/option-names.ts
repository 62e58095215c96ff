import { type SettingName, settings } from './settings.js';

const plain = (name: string): string =>
  name
    .toLowerCase()
    .replace(/^redis(?=_)/, '')
    .replaceAll(/[_-]/g, '')
    .replace(/ms$/, '');

/** Name of the option that was probably meant, if one comes close. */
export function closestOption(wrong: string): SettingName | undefined {
  let closest: SettingName | undefined;
  let least = Math.min(3, Math.ceil(wrong.length / 4)) + 1;
  for (const [name, { env }] of Object.entries(settings)) {
    for (const candidate of [name, env]) {
      const distance = editDistance(plain(wrong), plain(candidate));
      if (distance < least) [closest, least] = [name as SettingName, distance];
    }
  }
  return closest;
}

/** Letters to add, remove or replace to get from one word to the other (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (const [at, other] of [...to].entries()) {
      const replaced = (row[at] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
