using Appliance.Tests;
using Xunit;

namespace Appliance.Interop.Vm;

/// <summary>What <c>make image</c> has made. A test that needs it is skipped where it was not.</summary>
internal static class VmImage
{
    /// <summary>By suffix; what QEMU calls the format.</summary>
    public static readonly IReadOnlyDictionary<string, string> Formats = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["raw"] = "raw", ["qcow2"] = "qcow2", ["vhd"] = "vpc", ["vhdx"] = "vhdx", ["vmdk"] = "vmdk",
    };

    public static string Require(string suffix)
    {
        string path = RepositoryFiles.PathTo("out", "image", $"appliance.{suffix}");
        Assert.SkipUnless(File.Exists(path), $"out/image/appliance.{suffix} is not there: make image makes it, as root");
        return path;
    }
}
