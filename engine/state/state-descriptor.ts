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

export interface ReducingStateDescriptor<T> {
  readonly kind: 'reducing';
  readonly name: string;
  /** Joins what is there with what is added. */
  readonly reduce: (left: T, right: T) => T;
}

export interface AggregatingStateDescriptor<IN, ACC, OUT> {
  readonly kind: 'aggregating';
  readonly name: string;
  readonly createAccumulator: () => ACC;
  /** Returns the new accumulator, which may be the old one, changed. */
  readonly add: (value: IN, accumulator: ACC) => ACC;
  readonly getResult: (accumulator: ACC) => OUT;
}

export type StateKind = 'value' | 'list' | 'map' | 'reducing' | 'aggregating';

export function valueStateDescriptor<T>(name: string): ValueStateDescriptor<T> {
  return { kind: 'value', name };
}

export function listStateDescriptor<T>(name: string): ListStateDescriptor<T> {
  return { kind: 'list', name };
}

export function mapStateDescriptor<UK, UV>(name: string): MapStateDescriptor<UK, UV> {
  return { kind: 'map', name };
}
