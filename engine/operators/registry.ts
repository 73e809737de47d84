import { erased } from './definition.ts';
import type { AnyDefinition } from './definition.ts';
import { asyncLookup } from './async-lookup/definition.ts';
import { broadcast } from './broadcast/definition.ts';
import { clickSource } from './click-source/definition.ts';
import { customPartition } from './custom-partition/definition.ts';
import { customSource } from './custom-source/definition.ts';
import { fileSink } from './file-sink/definition.ts';
import { fileSource } from './file-source/definition.ts';
import { filter } from './filter/definition.ts';
import { flatMap } from './flat-map/definition.ts';
import { forwardPartition } from './forward-partition/definition.ts';
import { globalPartition } from './global-partition/definition.ts';
import { inlineSource } from './inline-source/definition.ts';
import { intervalJoin } from './interval-join/definition.ts';
import { keyBy } from './key-by/definition.ts';
import { map } from './map/definition.ts';
import { richFilter } from './rich-filter/definition.ts';
import { richFlatMap } from './rich-flat-map/definition.ts';
import { richMap } from './rich-map/definition.ts';
import { rebalance } from './rebalance/definition.ts';
import { queryableState } from './queryable-state/definition.ts';
import { reduce } from './reduce/definition.ts';
import { rescale } from './rescale/definition.ts';
import { rollingAggregate } from './rolling-aggregate/definition.ts';
import { sensorSource } from './sensor-source/definition.ts';
import { shuffle } from './shuffle/definition.ts';
import { tableSink } from './table-sink/definition.ts';
import { timestampsAndWatermarks } from './timestamps-and-watermarks/definition.ts';
import { transactionSource } from './transaction-source/definition.ts';
import { tumblingWindow } from './tumbling-window/definition.ts';
import { union } from './union/definition.ts';
import { windowCoGroup } from './window-co-group/definition.ts';
import { windowJoin } from './window-join/definition.ts';
import { wordSource } from './word-source/definition.ts';
import { countWindow } from './count-window/definition.ts';
import { cumulatingWindow } from './cumulating-window/definition.ts';
import { globalWindow } from './global-window/definition.ts';
import { sessionWindow } from './session-window/definition.ts';
import { splitSelect } from './split-select/definition.ts';
import { slidingWindow } from './sliding-window/definition.ts';
import { customWindow } from './custom-window/definition.ts';
import { windowAll } from './window-all/definition.ts';
import { processFunction } from './process-function/definition.ts';
import { keyedProcessFunction } from './keyed-process-function/definition.ts';
import { keyedCoProcessFunction } from './keyed-co-process-function/definition.ts';
import { keyedBroadcastProcessFunction } from './keyed-broadcast-process-function/definition.ts';
import { coProcessFunction } from './co-process-function/definition.ts';
import { coMap } from './co-map/definition.ts';
import { coFlatMap } from './co-flat-map/definition.ts';
import { broadcastProcessFunction } from './broadcast-process-function/definition.ts';

/** Every operator there is, in the order of the palette within its category. One import and one line here make an operator known. */
const DEFINITIONS: readonly AnyDefinition[] = [
  erased(inlineSource),
  erased(fileSource),
  erased(sensorSource),
  erased(transactionSource),
  erased(clickSource),
  erased(wordSource),
  erased(customSource),
  erased(timestampsAndWatermarks),
  erased(map),
  erased(filter),
  erased(flatMap),
  erased(richMap),
  erased(richFlatMap),
  erased(richFilter),
  erased(rollingAggregate),
  erased(reduce),
  erased(splitSelect),
  erased(union),
  erased(intervalJoin),
  erased(asyncLookup),
  erased(processFunction),
  erased(keyedProcessFunction),
  erased(coMap),
  erased(coFlatMap),
  erased(coProcessFunction),
  erased(keyedCoProcessFunction),
  erased(broadcastProcessFunction),
  erased(keyedBroadcastProcessFunction),
  erased(keyBy),
  erased(forwardPartition),
  erased(rebalance),
  erased(rescale),
  erased(shuffle),
  erased(broadcast),
  erased(globalPartition),
  erased(customPartition),
  erased(tumblingWindow),
  erased(slidingWindow),
  erased(cumulatingWindow),
  erased(sessionWindow),
  erased(countWindow),
  erased(globalWindow),
  erased(customWindow),
  erased(windowAll),
  erased(windowJoin),
  erased(windowCoGroup),
  erased(tableSink),
  erased(fileSink),
  erased(queryableState),
];

const BY_TYPE: ReadonlyMap<string, AnyDefinition> = new Map(DEFINITIONS.map((definition) => [definition.type, definition]));

export function definitions(): readonly AnyDefinition[] {
  return DEFINITIONS;
}

/** Undefined: a document names a type that this build does not have. */
export function definitionOf(type: string): AnyDefinition | undefined {
  return BY_TYPE.get(type);
}
