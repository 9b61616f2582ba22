// Runs folders of a collection in Newman, each alone, and prints assertions and failures by folder as the last line.
const newman = require('newman');

const [collection, folders, variables] = [process.argv[2], JSON.parse(process.argv[3]), JSON.parse(process.argv[4])];
const envVar = Object.entries(variables).map(([key, value]) => ({ key, value }));

function runFolder(folder) {
  const assertions = [];
  return new Promise((resolve, reject) => {
    newman
      .run({ collection, folder, envVar, reporters: [], timeoutRequest: 20000 }, (error, summary) => {
        if (error) reject(error);
        else resolve({ assertions, failures: summary.run.failures.map((row) => `${row.source.name}: ${row.error.message}`) });
      })
      .on('assertion', (_, row) => assertions.push(row.assertion));
  });
}

(async () => {
  const runs = {};
  for (const folder of folders) runs[folder] = await runFolder(folder);
  console.log(JSON.stringify(runs));
})();
