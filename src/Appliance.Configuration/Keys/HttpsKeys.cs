namespace Appliance.Configuration.Keys;

internal static class HttpsKeys
{
    public static readonly ScalarKey<IpEndpoint> Listen = new("listen", new TextKind<IpEndpoint>(
        "an address and a port number, such as 127.0.0.1:8443 or \"[::1]:8443\"", TextForms.Endpoint)) { IsRequired = true };

    public static readonly ScalarKey<string> TokenFile = new("token-file", Kinds.File) { IsRequired = true };

    public static readonly ScalarKey<string> CertificateFile = new("certificate-file", Kinds.File);

    public static readonly ScalarKey<string> KeyFile = new("key-file", Kinds.File);

    public static readonly Section Section = new("https", Listen, TokenFile, CertificateFile, KeyFile);
}
