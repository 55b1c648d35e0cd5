using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Appliance.Interop.Live;

/// <summary>A root, one that it vouches for, and a server's that this one vouches for: as an operator gets them, in PEM.</summary>
internal sealed class CertificateChain : IDisposable
{
    private static readonly DateTimeOffset From = DateTimeOffset.UtcNow.AddDays(-1), To = From.AddDays(30);

    private readonly ECDsa _rootKey = NewKey(), _betweenKey = NewKey(), _serverKey = NewKey();

    public CertificateChain(params string[] addresses)
    {
        CertificateRequest root = Authority("CN=root", _rootKey), between = Authority("CN=between", _betweenKey);
        using X509Certificate2 rootMade = root.CreateSelfSigned(From, To);
        using X509Certificate2 betweenMade = between.Create(rootMade, From, To, [1]);
        using X509Certificate2 betweenWithKey = betweenMade.CopyWithPrivateKey(_betweenKey);
        var server = new CertificateRequest("CN=server", _serverKey, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (string address in addresses) names.AddIpAddress(IPAddress.Parse(address));
        server.CertificateExtensions.Add(names.Build());
        using X509Certificate2 serverMade = server.Create(betweenWithKey, From, To, [2]);
        (Root, Between, Server) = (Text(rootMade), Text(betweenMade), Text(serverMade));
    }

    public string Root { get; }

    public string Between { get; }

    public string Server { get; }

    public string ServerKey => _serverKey.ExportPkcs8PrivateKeyPem() + "\n";

    public void Dispose()
    {
        _rootKey.Dispose();
        _betweenKey.Dispose();
        _serverKey.Dispose();
    }

    private static ECDsa NewKey() => ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private static string Text(X509Certificate2 certificate) => certificate.ExportCertificatePem() + "\n";

    private static CertificateRequest Authority(string name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request;
    }
}
