import { readWebhookConfig } from './config.ts';
import { serve } from './serve.ts';

const reading = readWebhookConfig(process.env);
if (!reading.ok) {
  console.error(reading.message);
  process.exit(1);
}
if (await serve(reading.config, process.env)) {
  // The API client's idle connections would keep the process for as long as the server likes.
  process.exit(0);
}
process.exitCode = 1;
