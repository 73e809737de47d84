declare module 'papaparse' {
  const Papa: {
    parse<T>(text: string, config: { delimiter: string; newline: string; skipEmptyLines: boolean }): { readonly data: readonly T[] };
  };
  export default Papa;
}
