import { enableCompileCache } from 'node:module';

// Compiled once, not at every start; what is imported from here on is kept.
enableCompileCache();
await import('./program.ts');
