using System.Runtime.CompilerServices;

// The parts of a prefix table are tested on their own as well: each has a slow twin of its own.
[assembly: InternalsVisibleTo("Appliance.Routing.Tests")]
