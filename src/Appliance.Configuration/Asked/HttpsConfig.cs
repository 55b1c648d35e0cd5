namespace Appliance.Configuration.Asked;

internal sealed record HttpsConfig(Positioned<IpEndpoint>? Listen, Positioned<string>? TokenFile);
