namespace Appliance.Configuration;

/// <summary>What this program was built with, beyond what every build has.</summary>
internal static class BuiltBackends
{
    /// <summary>SharpPcap's devices: by <c>-p:WithSharpPcap=true</c>, since its packages are not served everywhere.</summary>
    public static bool HasSharpPcap =>
#if WITH_SHARPPCAP
        true;
#else
        false;
#endif
}
