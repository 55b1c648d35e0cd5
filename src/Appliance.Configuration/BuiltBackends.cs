using Appliance.Configuration.Keys;

namespace Appliance.Configuration;

/// <summary>What this program was built with, beyond what every build has.</summary>
public static class BuiltBackends
{
    /// <summary>What a configuration calls a backend.</summary>
    public static string NameOf(PortBackend backend) => PortKeys.Backends.WordOf(backend);

    /// <summary>Those that no build runs yet: a configuration may ask for them all the same, since another program may have them.</summary>
    internal static bool IsMissing(PortBackend backend) => backend is PortBackend.AfXdp or PortBackend.Memif or PortBackend.Netvsc;

    /// <summary>SharpPcap's devices: by <c>-p:WithSharpPcap=true</c>, since its packages are not served everywhere.</summary>
    public static bool HasSharpPcap =>
#if WITH_SHARPPCAP
        true;
#else
        false;
#endif
}
