namespace Appliance.Configuration.Asked;

internal sealed record HttpsConfig(Positioned<IpEndpoint>? Listen, Positioned<string>? TokenFile)
{
    public Positioned<string>? CertificateFile { get; init; }

    public Positioned<string>? KeyFile { get; init; }
}
