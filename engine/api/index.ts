/** The one public module of the engine: everything the studio and the hosts may use, by name. */

export { FIELD_TYPES } from '../batch/schema.ts';
export { pathsOf } from '../batch/schema.ts';
export type { Field, FieldType, Row, Schema } from '../batch/schema.ts';
export type { Analysis, AnalyzedEdge, AnalyzedNode, DefinitionLookup, DocumentProblem, ExchangeStrategy } from '../graph/analysis.ts';
export type { Connection } from '../graph/connection.ts';
export { DOCUMENT_FORMAT, DOCUMENT_VERSION, documentSchema, emptyDocument, EXECUTION_MODES } from '../graph/document.ts';
export type { DocumentData, DocumentEdge, DocumentNode, JobSettings, PipelineDocument } from '../graph/document.ts';
export { DocumentError, parseDocument, validateDocument } from '../graph/migrations.ts';
export type {
  AnyDefinition,
  Category,
  ConfigProblem,
  InputPort,
  KeySelector,
  OutputPort,
  Partitioner,
  SinkDelivery,
  StreamShape,
} from '../operators/definition.ts';
export { AGGREGATE_FUNCTIONS, defaultConfig } from '../operators/fields.ts';
export type {
  Aggregate,
  AggregateFunction,
  AggregatesField,
  BooleanField,
  ChoiceField,
  ChoiceOption,
  ColumnField,
  ColumnsField,
  ConfigField,
  DataField,
  DataFormat,
  DurationField,
  FieldKind,
  Fields,
  FunctionField,
  FunctionReturn,
  NumberField,
  RawConfig,
  SchemaField,
  TextField,
} from '../operators/fields.ts';
export type { RecordProblemKind } from '../operators/operator.ts';
export { analyze, connectionProblemOf, definitionOf, definitions } from './analyze.ts';
export { isTerminal } from './engine-api.ts';
export type {
  EdgeMetrics,
  EngineApi,
  EngineEvent,
  InferredData,
  JobStatus,
  ListedProblem,
  MetricsEvent,
  NodeMetrics,
  ProblemsEvent,
  ProgressInfo,
  QueriedState,
  RowsEvent,
  RunOptions,
  RunSummary,
  Speed,
  StateQuery,
  StatusEvent,
  SubtaskMetrics,
  UserCounter,
  WireColumn,
} from './engine-api.ts';
export { isJobError, JobFailure, toJobError } from './errors.ts';
export type { ErrorDomain, JobError, RetryHint } from './errors.ts';
export { PROTOCOL_VERSION } from './protocol-version.ts';
