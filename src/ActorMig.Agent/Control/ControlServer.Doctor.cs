using ActorMig.Agent.Configuration;
using ActorMig.Agent.Doctor;
using ActorMig.Agent.Edges;
using ActorMig.PreFlight;
using ActorMig.Vms;
using Microsoft.AspNetCore.Http;

namespace ActorMig.Agent.Control;

/// <content>The doctor: few at a time, and each asks a libvirt that hangs for a while only. What it leaves behind is counted for all that come after it.</content>
internal sealed partial class ControlServer
{
    private readonly AwayLooks _doctorLooks;
    private int _doctors;

    private async Task DoctorAsync(HttpContext http)
    {
        if (Interlocked.Increment(ref _doctors) > DoctorRun.AtOnceMax)
        {
            Interlocked.Decrement(ref _doctors);
            await RefuseAsync(
                http, StatusCodes.Status429TooManyRequests,
                FormattableString.Invariant($"{DoctorRun.AtOnceMax} doctors look already, and wait for what does not answer; say `actormig doctor` again when one of them has ended.")).ConfigureAwait(false);
            return;
        }

        try
        {
            var (what, to) = (http.Request.Query["what"].ToString(), http.Request.Query["to"].ToString());
            var members = _cluster.Others.Select(h => new MemberOptions(h.Member.Host, h.Address, h.Member.LibvirtUri, h.Member.DataUri));
            var doctor = new DoctorRun(_running.Options with { Members = [.. members] }, _doctorLooks, (host, vm) => AskPeerAsync(host, vm, http.RequestAborted));
            var findings = to.Length > 0
                ? await doctor.MoveAsync(what, to, http.RequestAborted).ConfigureAwait(false)
                : await doctor.HostsAsync(what.Length > 0 ? what : null, http.RequestAborted).ConfigureAwait(false);
            await AnswerAsync(http, new DoctorReply(findings)).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _doctors);
        }
    }

    /// <summary>What a member's agent finds; null if it does not answer.</summary>
    private async Task<IReadOnlyList<Finding>?> AskPeerAsync(string host, VmFacts? vm, CancellationToken cancellation)
    {
        try
        {
            var answer = await _system.AskAsync(_host, r => new AskReadiness(r, host, vm), PeerTimeout, cancellation).ConfigureAwait(false);
            return (answer as ReadinessHeard)?.Findings;
        }
        catch (TimeoutException)
        {
            return null;
        }
    }
}
