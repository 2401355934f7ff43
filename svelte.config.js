/** Svelte 5 with runes everywhere; TypeScript in components is erasable, so nothing else is preprocessed. */
export default {
  compilerOptions: { runes: true },
};
