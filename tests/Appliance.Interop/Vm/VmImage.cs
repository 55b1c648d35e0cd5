using Appliance.Tests;
using Xunit;

namespace Appliance.Interop.Vm;

/// <summary>
/// What <c>make image</c> has made, in out/image or where <c>APPLIANCE_IMAGE</c> says. A test that needs it is skipped where it was not.
/// </summary>
internal static class VmImage
{
    /// <summary>By suffix; what QEMU calls the format.</summary>
    public static readonly IReadOnlyDictionary<string, string> Formats = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["raw"] = "raw", ["qcow2"] = "qcow2", ["vhd"] = "vpc", ["vhdx"] = "vhdx", ["vmdk"] = "vmdk",
    };

    public static string Require(string suffix)
    {
        string folder = Environment.GetEnvironmentVariable("APPLIANCE_IMAGE") ?? RepositoryFiles.PathTo("out", "image");
        string path = Path.Combine(folder, $"appliance.{suffix}");
        Assert.SkipUnless(File.Exists(path), $"{path} is not there: make image makes it, as root");
        return path;
    }
}
