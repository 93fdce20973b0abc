use std::time::Duration;

use anyhow::Result;
use test_support::smtp::{Fault, Security, Sink};
use tokio::net::TcpStream;

use crate::smtp_client::{Client, LIMIT};

const MAIL: &str = "Subject: x\r\n\r\ny";

async fn sink_with(fault: Fault) -> Result<Sink> {
    let mut sink = Sink::start(Security::Plain).await?;
    sink.set_fault(fault).await?;
    Ok(sink)
}

#[tokio::test(flavor = "multi_thread")]
async fn refuse_closes_the_port_and_open_connections_until_it_ends() -> Result<()> {
    let mut sink = sink_with(Fault::Accept).await?;
    let mut open = Client::plain(&sink).await?;
    sink.set_fault(Fault::Refuse).await?;
    assert!(TcpStream::connect(sink.address()).await.is_err());
    assert!(open.say("NOOP").await.is_err());

    sink.set_fault(Fault::Accept).await?;
    let answer = Client::plain(&sink).await?.send("a@example.test", MAIL).await?;
    assert!(answer.starts_with("250"), "{answer}");
    assert_eq!(sink.wait_for(1, LIMIT).await?.len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn rejections_are_for_a_while_or_for_ever() -> Result<()> {
    let mut sink = sink_with(Fault::Reject4xx).await?;
    let mut client = Client::plain(&sink).await?;
    client.dialogue(&[("250", "MAIL FROM:<a@b>"), ("451", "RCPT TO:<c@d>"), ("503", "DATA")]).await?;
    sink.set_fault(Fault::Reject5xx).await?;
    client.dialogue(&[("550", "RCPT TO:<c@d>"), ("250", "RSET"), ("503", "RCPT TO:<c@d>")]).await?;
    assert_eq!((sink.counts().rejected, sink.messages().len()), (2, 0));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_recipient_can_be_refused() -> Result<()> {
    let sink = sink_with(Fault::Accept).await?;
    sink.refuse_recipient("gone@example.test");
    let mut client = Client::plain(&sink).await?;
    client.dialogue(&[("250", "MAIL FROM:<a@b>"), ("550", "RCPT TO:<gone@example.test>")]).await?;
    assert!(client.send("here@example.test", MAIL).await?.starts_with("250"));
    assert_eq!(sink.wait_for(1, LIMIT).await?[0].to, ["here@example.test"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hung_sink_answers_once_the_fault_is_over() -> Result<()> {
    let mut sink = sink_with(Fault::Hang).await?;
    let address = sink.address();
    let client = tokio::spawn(async move { TcpStream::connect(address).await });
    let stream = client.await??;
    sink.wait_for_counts(|counts| counts.hung == 1, LIMIT).await?;
    let mut nothing = [0; 1];
    assert!(stream.try_read(&mut nothing).is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock));
    sink.set_fault(Fault::Accept).await?;
    tokio::time::timeout(LIMIT, stream.readable()).await??;
    assert_eq!(stream.try_read(&mut nothing)?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_after_the_data_leaves_the_sender_in_doubt() -> Result<()> {
    for security in [Security::Plain, Security::StartTls] {
        let mut sink = Sink::start(security).await?;
        sink.set_fault(Fault::ResetAfterData).await?;
        let mut client = match security {
            Security::StartTls => Client::starttls(&sink)?,
            _ => Client::plain(&sink).await?,
        };
        assert!(client.send("a@example.test", MAIL).await.is_err());
        sink.wait_for_counts(|counts| counts.reset == 1, LIMIT).await?;
        assert_eq!((sink.messages().len(), sink.unconfirmed().len()), (0, 1));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_in_vain_says_what_came() -> Result<()> {
    let sink = sink_with(Fault::Accept).await?;
    let error = sink.wait_for(1, Duration::from_millis(1)).await.expect_err("no one sent anything");
    let error = format!("{error:#}");
    assert!(error.contains("waited for 1 messages") && error.contains("accepted: 0"), "{error}");
    Ok(())
}
