/**
 * Mantine's inputs replace a given `aria-describedby` by the one of their own wrapper, which ours do not use. As an attribute of the inner
 * element it stays.
 */
export function describedByProps(id: string) {
  return { attributes: { input: { 'aria-describedby': id } } };
}
