using System.Runtime.CompilerServices;

// The hash index is tested on its own as well, and so is what an attacker could do who knew its secret.
[assembly: InternalsVisibleTo("Appliance.Firewall.Tests")]
