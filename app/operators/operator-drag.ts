/** How the palette hands an operator's type to the canvas, as the type of the dragged data. */
export const OPERATOR_DRAG_TYPE = 'application/x-millrace-operator';
