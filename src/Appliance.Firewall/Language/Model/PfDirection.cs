namespace Appliance.Firewall.Language;

public enum PfDirection : byte
{
    Both,
    In,
    Out,
}
