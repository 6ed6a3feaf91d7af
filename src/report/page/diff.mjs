// The difference of two texts, word by word.

const marks = ".,;:!?()\"'";

/** Words and the marks around them ("bright." is two tokens, "4:3" is one), each with the spaces that follow it. */
function tokensOf(text) {
  const tokens = [];
  for (const [, word, spaces] of text.matchAll(/(\S+)(\s*)/g)) {
    let [begin, end] = [0, word.length];
    while (begin < end && marks.includes(word[begin])) ++begin;
    while (end > begin && marks.includes(word[end - 1])) --end;
    for (const part of [word.slice(0, begin), word.slice(begin, end), word.slice(end)]) {
      if (part !== "") tokens.push({ word: part, text: part });
    }
    tokens.at(-1).text += spaces;
  }
  return tokens;
}

/**
 * What two texts share and what only one of them has: a longest common subsequence of their words.
 * Returns [{kind: "same" | "removed" | "added", text}]. Texts that differ in very many words share their ends only.
 */
export function wordDiff(before, after) {
  const [old, now] = [tokensOf(before), tokensOf(after)];
  const parts = [];
  const add = (kind, { text }) => {
    if (parts.at(-1)?.kind === kind) parts.at(-1).text += text;
    else parts.push({ kind, text });
  };

  let head = 0;
  while (head < old.length && head < now.length && old[head].word === now[head].word) add("same", now[head++]);
  let tail = 0;
  const shorter = Math.min(old.length, now.length) - head;
  while (tail < shorter && old.at(-1 - tail).word === now.at(-1 - tail).word) ++tail;

  const [rows, columns] = [old.length - head - tail, now.length - head - tail];
  const small = rows * columns <= 16e6;
  // The lengths of the longest common subsequences of what remains from row i and column j on.
  const lengths = small ? Array.from({ length: rows + 1 }, () => new Uint16Array(columns + 1)) : [];
  if (small) {
    for (let i = rows - 1; i >= 0; --i) {
      for (let j = columns - 1; j >= 0; --j) {
        lengths[i][j] = old[head + i].word === now[head + j].word
          ? lengths[i + 1][j + 1] + 1
          : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
      }
    }
  }
  let [i, j] = [0, 0];
  while (i < rows || j < columns) {
    if (small && i < rows && j < columns && old[head + i].word === now[head + j].word) {
      add("same", now[head + j++]);
      ++i;
    } else if (i < rows && (j === columns || !small || lengths[i + 1][j] >= lengths[i][j + 1])) {
      add("removed", old[head + i++]);
    } else {
      add("added", now[head + j++]);
    }
  }
  for (const token of now.slice(now.length - tail)) add("same", token);
  return parts;
}
