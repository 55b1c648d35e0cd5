namespace Appliance.Configuration.Keys;

internal static class ManagementKeys
{
    public static readonly ScalarKey<string> Socket = new("socket", new TextKind<string>(
        $"the path of a Unix socket, at most {ManagementModel.MaximumSocketPathBytes} bytes", TextForms.SocketPath));

    public static readonly SectionKey Https = new("https", HttpsKeys.Section);

    public static readonly Section Section = new("management", Socket, Https);
}
