// test:///default is one host for the whole process while it is open, and leaks are measured of the whole process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
