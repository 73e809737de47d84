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

export type PlainStateKind = 'value' | 'list' | 'map' | 'reducing' | 'aggregating';

const EXPIRING = 'expiring ';

/** What a state is. One with a time to live holds other content than one without, so that neither can be read as the other, as in Flink. */
export type StateKind = PlainStateKind | `${typeof EXPIRING}${PlainStateKind}`;

export function stateKind(kind: PlainStateKind, expires: boolean): StateKind {
  return expires ? `${EXPIRING}${kind}` : kind;
}

export function plainKindOf(kind: StateKind): PlainStateKind {
  return (kind.startsWith(EXPIRING) ? kind.slice(EXPIRING.length) : kind) as PlainStateKind;
}

export function valueStateDescriptor<T>(name: string): ValueStateDescriptor<T> {
  return { kind: 'value', name };
}

export function listStateDescriptor<T>(name: string): ListStateDescriptor<T> {
  return { kind: 'list', name };
}

export function mapStateDescriptor<UK, UV>(name: string): MapStateDescriptor<UK, UV> {
  return { kind: 'map', name };
}
