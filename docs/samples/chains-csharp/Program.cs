// Runs the samples of chains, offline.
foreach (string line in await Samples.Chains.LinesAsync())
    Console.WriteLine(line);
