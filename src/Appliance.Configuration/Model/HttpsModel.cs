namespace Appliance.Configuration;

public sealed record HttpsModel(IpEndpoint Listen, FileReference TokenFile);
