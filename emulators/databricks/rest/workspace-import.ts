import { invalidParameter, unimplemented } from '../api-error.ts';
import { type Operation, text } from './operation.ts';

const languages: Readonly<Record<string, string>> = { '.sql': 'SQL', '.py': 'PYTHON', '.scala': 'SCALA', '.r': 'R' };
const headers: Readonly<Record<string, RegExp>> = {
  SQL: /^-- Databricks notebook source/,
  PYTHON: /^# Databricks notebook source/,
  SCALA: /^\/\/ Databricks notebook source/,
  R: /^# Databricks notebook source/,
};

/**
 * https://docs.databricks.com/api/workspace/workspace/import. SOURCE makes a notebook; RAW a file; AUTO a notebook if the content begins with the notebook
 * header of its extension's language, else a file. A notebook imported with AUTO loses its extension.
 */
export const workspaceImport: Operation = {
  method: 'POST',
  path: '/api/2.0/workspace/import',
  handle({ workspace }, { body, raw }) {
    const path = text(body, 'path');
    const format = String(body['format'] ?? 'SOURCE');
    const overwrite = String(body['overwrite'] ?? false) === 'true';
    const encoded = body['content'];
    const content = typeof encoded === 'string' ? Buffer.from(encoded, 'base64') : raw;
    const extension = /\.[a-z]+$/i.exec(path)?.[0].toLowerCase() ?? '';
    if (format === 'RAW') workspace.write(path, content, 'FILE', overwrite);
    else if (format === 'AUTO') {
      const language = languages[extension];
      const notebook = language !== undefined && headers[language]!.test(content.toString('utf8', 0, 100));
      if (notebook) workspace.write(path.slice(0, -extension.length), content, { language }, overwrite);
      else workspace.write(path, content, 'FILE', overwrite);
    } else if (format === 'SOURCE') {
      const language = body['language'];
      if (typeof language !== 'string') throw invalidParameter('Language must be set when the format is SOURCE.');
      workspace.write(path, content, { language }, overwrite);
    } else throw unimplemented(`the import format ${format}; implemented are AUTO, RAW and SOURCE`);
    return {};
  },
};
