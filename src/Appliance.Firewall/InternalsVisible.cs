using System.Runtime.CompilerServices;

// The parts of the compiled rules and of the tables are tested on their own as well: each has a slow twin of its own.
[assembly: InternalsVisibleTo("Appliance.Firewall.Tests")]
