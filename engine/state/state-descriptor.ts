/** What distinguishes the states of an operator: a name, unique in the operator, and a kind. Names are part of the snapshot. */
export interface ValueStateDescriptor<T> {
  readonly kind: 'value';
  readonly name: string;
  /** Never present: carries the type of the value. */
  readonly valueType?: T;
}

export interface ListStateDescriptor<T> {
  readonly kind: 'list';
  readonly name: string;
  readonly elementType?: T;
}

export interface MapStateDescriptor<UK, UV> {
  readonly kind: 'map';
  readonly name: string;
  readonly keyType?: UK;
  readonly valueType?: UV;
}

export type StateKind = 'value' | 'list' | 'map';

export function valueStateDescriptor<T>(name: string): ValueStateDescriptor<T> {
  return { kind: 'value', name };
}

export function listStateDescriptor<T>(name: string): ListStateDescriptor<T> {
  return { kind: 'list', name };
}

export function mapStateDescriptor<UK, UV>(name: string): MapStateDescriptor<UK, UV> {
  return { kind: 'map', name };
}
