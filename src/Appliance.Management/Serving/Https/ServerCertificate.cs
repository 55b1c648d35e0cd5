using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Appliance.Configuration;

namespace Appliance.Management;

/// <summary>
/// With what the appliance proves who it is: the operator's, or one of its own, made once and kept. That one is its own authority: whoever
/// wants to trust it takes <c>certificate.pem</c> of its folder.
/// </summary>
internal static class ServerCertificate
{
    public const string CertificateFile = "certificate.pem", KeyFile = "key.pem";

    private const int MaximumBytes = 1 << 20;                           // of a file
    private const int Years = 10;
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Public = Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private static readonly string[] s_always = ["localhost"];

    /// <summary>The operator's. Null: why not.</summary>
    public static X509Certificate2? Load(string certificatePath, string keyPath, out string fault)
    {
        if (!SecretFile.TryReadBytes(keyPath, MaximumBytes, out byte[] key, out fault))
        {
            fault = $"{keyPath}: {fault}";
            return null;
        }

        try
        {
            return X509Certificate2.CreateFromPem(TextOf(certificatePath), Encoding.UTF8.GetString(key));
        }
        catch (Exception failure)
            when (failure is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            fault = $"{certificatePath}, {keyPath}: not a certificate and its key in PEM: {failure.Message}";
            return null;
        }
    }

    /// <summary>Those behind the first in a file that was loaded: between it and its root.</summary>
    public static X509Certificate2Collection OthersOf(string certificatePath)
    {
        var all = new X509Certificate2Collection();
        all.ImportFromPem(TextOf(certificatePath));
        if (all.Count > 0) all.RemoveAt(0);
        return all;
    }

    /// <summary>The appliance's own, for a listener; made when there is none, or none for that listener.</summary>
    /// <param name="folder">Where it is kept; made when it is not there.</param>
    /// <param name="listen">What its clients call it.</param>
    /// <param name="now">Of the day.</param>
    /// <param name="isNew">Whether it was made now.</param>
    /// <exception cref="IOException">It cannot be kept.</exception>
    public static X509Certificate2 OfFolder(string folder, IpEndpoint listen, DateTimeOffset now, out bool isNew)
    {
        string certificateFile = Path.Combine(folder, CertificateFile), keyFile = Path.Combine(folder, KeyFile);
        isNew = false;
        if (File.Exists(keyFile) && Load(certificateFile, keyFile, out _) is { } kept)
        {
            if (kept.NotAfter > now.LocalDateTime && kept.MatchesHostname(listen.Address.ToString(), allowCommonName: false)) return kept;
            kept.Dispose();
        }

        isNew = true;
        Directory.CreateDirectory(folder);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 made = Make(key, listen, now);
        Write(keyFile, key.ExportPkcs8PrivateKeyPem(), Private);
        Write(certificateFile, made.ExportCertificatePem(), Public);
        return Load(certificateFile, keyFile, out string fault) ?? throw new IOException(fault);
    }

    /// <summary>As people compare it: the digest of the certificate, SHA-256.</summary>
    public static string FingerprintOf(X509Certificate2 certificate) =>
        string.Join(':', certificate.GetCertHash(HashAlgorithmName.SHA256).Select(part => part.ToString("X2", null)));

    private static string TextOf(string certificatePath)
    {
        byte[] bytes = NamedFile.Read(certificatePath, MaximumBytes);
        return bytes.Length <= MaximumBytes
            ? Encoding.UTF8.GetString(bytes)
            : throw new IOException($"it is longer than {MaximumBytes} bytes");
    }

    private static X509Certificate2 Make(ECDsa key, IpEndpoint listen, DateTimeOffset now)
    {
        var request = new CertificateRequest($"CN=appliance {listen.Address}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (string name in s_always.Append(Environment.MachineName).Distinct(StringComparer.OrdinalIgnoreCase)) names.AddDnsName(name);
        IPAddress[] addresses = [IPAddress.Parse(listen.Address.ToString()), IPAddress.Loopback, IPAddress.IPv6Loopback];
        foreach (IPAddress address in addresses.Distinct()) names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request.CreateSelfSigned(now.AddDays(-1), now.AddYears(Years));
    }

    /// <summary>Whole or not at all, and never readable by more than may read it.</summary>
    private static void Write(string path, string text, UnixFileMode mode)
    {
        string beside = path + ".new";
        File.Delete(beside);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode };
        using (var file = new FileStream(beside, options))
        {
            file.Write(Encoding.ASCII.GetBytes(text + "\n"));
            file.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
    }
}
