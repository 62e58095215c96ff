import { bullConnection } from './subjects/bull-connection.js';
import { fallbackService } from './subjects/fallback-service.js';
import { health } from './subjects/health.js';
import { sharedClient } from './subjects/shared-client.js';
import { strictService } from './subjects/strict-service.js';
import type { Subject } from './subjects/subject.js';
import { subscriber } from './subjects/subscriber.js';

/** Every row of the matrix. */
export const subjects: readonly Subject[] = [
  sharedClient,
  strictService,
  fallbackService,
  subscriber,
  bullConnection,
  health,
];
