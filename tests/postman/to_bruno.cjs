// Converts a Postman collection with Bruno's importer, and writes it as `bru import` writes collections.
const fs = require('fs');
const { postmanToBruno } = require('@usebruno/converters');
const { createCollectionFromBrunoObject } = require('@usebruno/cli/src/utils/collection');

(async () => {
  const [source, folder] = process.argv.slice(2);
  const { collection, issues } = await postmanToBruno(JSON.parse(fs.readFileSync(source)));
  if (issues.length) throw new Error(JSON.stringify(issues));
  fs.mkdirSync(folder, { recursive: true });
  await createCollectionFromBrunoObject(collection, folder, { format: 'yml' });
})();
