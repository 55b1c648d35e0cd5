namespace Appliance.Tests;

/// <summary>Files of the repository, found from where the tests run.</summary>
internal static class RepositoryFiles
{
    private const string Mark = "Appliance.sln";

    public static readonly string Root = FindRoot();

    /// <summary>The demo's plain router, whose forwarding is compared with others'; <c>make run</c> is about the home gateway.</summary>
    public static readonly string DemoConfiguration = PathTo("configs", "demo", "router", "router.yaml");

    public static readonly string HomeConfiguration = PathTo("configs", "demo", "demo.yaml");
    public static readonly string HomeExpectations = PathTo("configs", "demo", "test.yaml");
    public static readonly string DemoLan = PathTo("configs", "demo", "lan.pcap");
    public static readonly string DemoWan = PathTo("configs", "demo", "wan.pcap");
    public static readonly string DemoExpectations = PathTo("configs", "demo", "router", "test.yaml");

    public static string PathTo(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, Mark))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("the tests run outside the repository");
    }
}
