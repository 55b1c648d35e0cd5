using System.Text;

namespace Appliance.Management;

/// <summary>Names of the code as users write them.</summary>
internal static class Words
{
    /// <summary><c>AfPacket</c> is <c>af-packet</c>.</summary>
    public static string Kebab(string name)
    {
        var text = new StringBuilder();
        foreach (char letter in name)
        {
            if (char.IsUpper(letter) && text.Length > 0) text.Append('-');
            text.Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }

    public static string Switch(bool isOn) => isOn ? "on" : "off";
}
