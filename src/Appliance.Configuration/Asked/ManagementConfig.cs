namespace Appliance.Configuration.Asked;

internal sealed record ManagementConfig(Positioned<string>? Socket, HttpsConfig? Https);
