namespace Appliance.Configuration;

/// <summary>The REST API over https.</summary>
/// <param name="Listen">Where.</param>
/// <param name="TokenFile">What whoever speaks has to know.</param>
public sealed record HttpsModel(IpEndpoint Listen, FileReference TokenFile)
{
    /// <summary>
    /// The operator's certificate, in PEM, and behind it those between it and its root. Null, as is the key: the appliance makes one.
    /// </summary>
    public FileReference? CertificateFile { get; init; }

    /// <summary>Its key, in PEM.</summary>
    public FileReference? KeyFile { get; init; }
}
