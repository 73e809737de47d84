/**
 * Version of what crosses the boundary: the engine's interface, its events and errors, and the document. Page and coordinator come from
 * the same build, except when a tab outlives a deployment; the page compares before it starts anything.
 */
export const PROTOCOL_VERSION = 1;
