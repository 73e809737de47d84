import { connectCoordinator } from './coordinator-connection.ts';
import { EngineClient } from './engine-client.ts';

/** The engine of this tab. Its worker starts at the first call. */
export const engine = new EngineClient(connectCoordinator);
