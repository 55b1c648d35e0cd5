using Appliance.Ports.Linux;

namespace Appliance;

/// <summary>What it takes to be the appliance of a machine.</summary>
internal static class Rights
{
    private const int NotPermitted = 1, Denied = 13;                    // EPERM, EACCES

    /// <summary>What to add to what the kernel has refused; empty: it was not for want of rights.</summary>
    public static string Wanted(SystemCallException failure) => failure.Errno is NotPermitted or Denied
        ? "; it takes root, or the capabilities CAP_NET_ADMIN and CAP_NET_RAW"
        : "";
}
