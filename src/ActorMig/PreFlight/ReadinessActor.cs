using System.Globalization;
using ActorMig.Actors;
using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.Hosts;

namespace ActorMig.PreFlight;

/// <summary>Answers peers' doctors what only this host can see, and asks peers for our own: the checks of a grant and of an arrival, without any promise.</summary>
/// <param name="edges">The edges.</param>
/// <param name="options">All numbers.</param>
/// <param name="incarnation">The host's incarnation.</param>
internal sealed class ReadinessActor(HostEdges edges, ActorMigOptions options, long incarnation) : EphemeralActor
{
    /// <summary>The name by which peers reach it.</summary>
    public const string Name = "readiness";
    private const int OpenMax = 100;

    /// <summary>So much longer than the edge's looks the answer to a peer may take, and so much longer a peer's.</summary>
    private const long AnswerGraceMs = 2_000;
    private const long GiveUpGraceMs = 7_000;
    private readonly SortedDictionary<string, Look> _looks = new(StringComparer.Ordinal);
    private readonly SortedDictionary<long, ActorRef> _asked = [];
    private long _number;

    private string Self => options.HostName;

    protected override void Handle(object message)
    {
        switch (message)
        {
            case AskReadiness ask when _asked.Count < OpenMax:
                _asked[++_number] = ask.ReplyTo;
                Send(ask.To, new GetReadiness(_number, ask.Vm));
                Context.StartTimer(Key(_number), new GivenUp(_number), options.LookMs + GiveUpGraceMs);
                break;
            case AskReadiness ask:
                Context.Tell(ask.ReplyTo, new ReadinessHeard(null));
                break;
            case PeerSaid { Message: Readiness heard }:
                Answer(heard.Number, heard.Findings);
                break;
            case GivenUp late:
                Answer(late.Number, null);
                break;
            case ReadinessAsked asked when _looks.Count < OpenMax || _looks.ContainsKey(asked.From):
                Begin(asked);
                break;
            case ArrivalChecked looked when _looks.TryGetValue(looked.Token, out var look):
                look.Findings.AddRange(ArrivalChecks.Of(look.About(Self), look.Question.Vm!, look.From, Self, looked.There));
                End(look, Part.Needs);
                break;
            case DomainLooked looked when _looks.TryGetValue(looked.Token, out var look):
                LookAt(look, looked);
                break;
            case BarterStatus status:
                foreach (var look in _looks.Values.ToArray())
                {
                    LookAt(look, status);
                }

                break;
            case HypervisorFailed failed when _looks.TryGetValue(failed.Token, out var look):
                look.Findings.Add(new Finding(Self, FindingLevel.Refusal, $"its libvirt cannot be asked by its agent: {failed.Error}; see to that first"));
                Reply(look);
                break;
            case LookDue due when _looks.TryGetValue(due.From, out var look) && look.Question.Number == due.Number:
                look.Findings.Add(new Finding(Self, FindingLevel.Refusal, "its agent did not find out in time whether it can come; see in its log what it waits for"));
                Reply(look);
                break;
        }
    }

    private static string Key(long number) => "asked-" + number.ToString(CultureInfo.InvariantCulture);

    private void Answer(long number, IReadOnlyList<Finding>? findings)
    {
        if (_asked.Remove(number, out var asker))
        {
            Context.CancelTimer(Key(number));
            Context.Tell(asker, new ReadinessHeard(findings));
        }
    }

    private void Begin(ReadinessAsked asked)
    {
        var vm = asked.Question.Vm;
        var look = new Look(asked.From, asked.Question);
        var postCopy = HostChecks.PostCopy(Self, asked.CannotReceivePostCopy);
        var isHarmless = postCopy.Level == FindingLevel.Refusal && vm?.Mode.NeedsPostCopy() == false;
        look.Findings.Add(isHarmless ? postCopy with { Level = FindingLevel.Warning } : postCopy);
        if (asked.Mode == Mode.Observe)
        {
            look.Findings.Add(new Finding(Self, FindingLevel.Warning, "its agent only observes and declines all offers; set actormig.mode there to recommend or auto"));
        }

        if (vm is null || Sanity.WhyNot(vm) is not null)
        {
            Reply(look);
            return;
        }

        _looks[asked.From] = look;
        Context.Tell(edges.Hypervisor, new LookAtDomain(Context.Self, asked.From, vm.Uuid, vm.Name));
        Context.Tell(edges.Hypervisor, new CheckArrival(Context.Self, asked.From, vm.Needs ?? new VmNeeds()));
        Context.Tell(asked.Barter, new GetBarterStatus(Context.Self));
        Context.StartTimer("look-" + asked.From, new LookDue(asked.From, asked.Question.Number), options.LookMs + AnswerGraceMs);
    }

    private void LookAt(Look look, DomainLooked looked)
    {
        var vm = look.Question.Vm!;
        if (looked.NameTakenBy is { } other)
        {
            look.Findings.Add(new Finding(look.About(Self), FindingLevel.Refusal, ArrivalChecks.NameTaken(vm.Name, Self, other)));
        }

        if (looked.Look.State is DomainState.Running or DomainState.Paused)
        {
            look.Findings.Add(new Finding(look.About(Self), FindingLevel.Refusal, ArrivalChecks.ActiveThere(vm.Name, Self, looked.Look.InWords())));
        }

        End(look, Part.Domain);
    }

    private void LookAt(Look look, BarterStatus status)
    {
        var (vm, freeBytes) = (look.Question.Vm!, status.CapacityBytes - status.PromisedBytes);
        if (vm.MemoryBytes > freeBytes && !look.Seen.Contains(Part.Room))
        {
            look.Findings.Add(new Finding(look.About(Self), FindingLevel.Refusal, ArrivalChecks.NoRoom(vm, Self, freeBytes)));
        }

        End(look, Part.Room);
    }

    private void End(Look look, Part part)
    {
        look.Seen.Add(part);
        if (look.Seen.Count == 3)
        {
            Reply(look);
        }
    }

    private void Reply(Look look)
    {
        _looks.Remove(look.From);
        Context.CancelTimer("look-" + look.From);
        Send(look.From, new Readiness(look.Question.Number, look.Findings));
    }

    private void Send(string peer, object message) => Context.Tell(edges.Membership, new SendToPeer(peer, Name, message, incarnation));

    private enum Part
    {
        Domain,
        Needs,
        Room,
    }

    private sealed record GivenUp(long Number);

    private sealed record LookDue(string From, long Number);

    private sealed class Look(string from, GetReadiness question)
    {
        public string From { get; } = from;

        public GetReadiness Question { get; } = question;

        public List<Finding> Findings { get; } = [];

        public SortedSet<Part> Seen { get; } = [];

        public string About(string self) => $"{Question.Vm!.Name} to {self}";
    }
}
