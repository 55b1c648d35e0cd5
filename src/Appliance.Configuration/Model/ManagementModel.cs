namespace Appliance.Configuration;

/// <summary>How the appliance is spoken to: the control socket's path, and the REST API if it is asked for.</summary>
public sealed record ManagementModel(string SocketPath, HttpsModel? Https)
{
    public const string DefaultSocketPath = "/run/appliance/appliance.sock";
}
