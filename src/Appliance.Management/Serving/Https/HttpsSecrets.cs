using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Appliance.Management;

/// <summary>What a listener needs to know and may show.</summary>
/// <param name="Token">Of whoever may speak.</param>
/// <param name="Certificate">With its key.</param>
/// <param name="Others">Between it and its root.</param>
internal sealed record HttpsSecrets(AccessToken Token, X509Certificate2 Certificate, X509Certificate2Collection Others)
{
    /// <summary>What each connection begins with.</summary>
    public SslStreamCertificateContext Context { get; } =
        SslStreamCertificateContext.Create(Certificate, Others, offline: true);

    public string Fingerprint { get; } = ServerCertificate.FingerprintOf(Certificate);
}
