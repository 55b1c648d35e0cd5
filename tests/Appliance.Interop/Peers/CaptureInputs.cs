namespace Appliance.Interop;

/// <summary>Captures as the program is told of them.</summary>
internal static class CaptureInputs
{
    /// <summary>The <c>--in</c> options that put captures in at one port.</summary>
    public static IEnumerable<string> Of(string port, IEnumerable<string> files) =>
        files.SelectMany(file => (string[])["--in", $"{port}={file}"]);
}
